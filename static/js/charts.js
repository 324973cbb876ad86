/* Declarative charts: an element with data-chart="id" and a JSON block with that id.
   Schema: {kind:"line"|"bar"|"hbar", labels:[], unit:"", series:[{name,data,type?,stack?,axis?}]}.
   renderMode richText keeps the tooltip off innerHTML, so style-src 'self' holds. */
(function(){
'use strict';
function css(n){return getComputedStyle(document.documentElement).getPropertyValue(n).trim()}
function option(s,w){
 var ink=css('--ink'),ink2=css('--ink-2'),line=css('--line-2'),surf=css('--surface'),font=css('--font'),cols=[1,2,3,4,5,6].map(function(i){return css('--c'+i)});
 var tx={color:ink2,fontFamily:font,fontSize:12},h=s.kind==='hbar';
 var cat={type:'category',data:s.labels,axisLine:{lineStyle:{color:css('--line-ctl')}},axisTick:{show:false},axisLabel:Object.assign({},tx,h?{color:ink}:{}),inverse:h};
 var val=function(o){return Object.assign({type:'value',axisLabel:tx,splitLine:{lineStyle:{color:line}},nameTextStyle:tx,minInterval:1},o||{})};
 var two=s.series.some(function(x){return x.axis===1});
 var vals=two?[val({name:s.unit,nameTextStyle:Object.assign({},tx,{align:'right'})}),val({name:s.unit2,splitLine:{show:false},nameTextStyle:Object.assign({},tx,{align:'left'})})]:val({name:h?'':s.unit});
 return {animation:false,color:cols,textStyle:{fontFamily:font},
  aria:{enabled:!!s.decal,decal:{show:!!s.decal,decals:[{color:'rgba(0,0,0,0)'},{color:'rgba(255,255,255,.55)',symbol:'circle',symbolSize:.55,dashArrayX:[[5,5],[0,5,5,0]],dashArrayY:[5,0]},{color:'rgba(255,255,255,.6)',symbol:'rect',dashArrayX:[1,0],dashArrayY:[2,4],rotation:-Math.PI/4}]},label:{description:s.label}},
  grid:{left:8,right:two?8:16,top:h?34:(w<420&&s.series.length>2?72:56),bottom:4,containLabel:true},
  legend:{top:0,left:0,itemWidth:18,itemHeight:10,itemGap:16,textStyle:{color:ink,fontFamily:font,fontSize:12},icon:undefined},
  tooltip:{trigger:'axis',renderMode:'richText',axisPointer:{type:s.kind==='line'?'line':'shadow'},backgroundColor:surf,borderColor:css('--line'),textStyle:{color:ink,fontFamily:font,fontSize:12},confine:true},
  xAxis:h?vals:cat,yAxis:h?cat:vals,
  series:s.series.map(function(x,i){var t=x.type||(s.kind==='line'?'line':'bar');
   return {name:x.name,type:t,data:x.data,stack:x.stack,yAxisIndex:h?undefined:(x.axis||0),barMaxWidth:h?16:18,symbol:['circle','rect','triangle','diamond'][i%4],symbolSize:7,lineStyle:{width:2.25,type:x.dash?'dashed':'solid'},smooth:false,
    itemStyle:x.color?{color:css(x.color)}:(t==='bar'&&!x.stack?{borderRadius:[2,2,0,0]}:{}),
    label:x.label?{show:true,position:h?'right':'top',color:ink,fontFamily:font,fontSize:11}:undefined}})};
}
var all=[];
function start(){
 Array.prototype.forEach.call(document.querySelectorAll('[data-chart]'),function(el){
  if(el.getAttribute('data-ready'))return;el.setAttribute('data-ready','1');
  var s=JSON.parse(document.getElementById(el.getAttribute('data-chart')).textContent),c=echarts.init(el,null,{renderer:'canvas'});
  c.setOption(option(s,el.clientWidth));all.push(function(){c.setOption(option(s,el.clientWidth),true)});
  if(window.ResizeObserver)new ResizeObserver(function(){c.resize()}).observe(el);else window.addEventListener('resize',function(){c.resize()});
 });
}
document.addEventListener('contentchange',start);start();
document.addEventListener('themechange',function(){all.forEach(function(f){f()})});
})();
